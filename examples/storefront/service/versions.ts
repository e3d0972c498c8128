export const SERVICE_NAMES = ['catalog', 'cart', 'checkout'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export interface Version {
  /** Layout of the stored data. Going up migrates the data; no version reads a layout newer than its own. */
  dataLayout: number;
  /** Time the service's own work takes for so many items, in ms. Throws where the version has a defect. */
  workMs(items: number): number;
}

const steady = (ms: number, dataLayout = 1): Version => ({ dataLayout, workMs: () => ms });

/** The releases that can be deployed, per service; the first one of each runs when the storefront is new. */
export const VERSIONS: Record<ServiceName, ReadonlyMap<string, Version>> = {
  catalog: new Map([
    ['1.8.0', steady(3)],
    ['1.8.1', steady(2)],
    // Reads the related products one after another.
    ['1.9.0', steady(120)],
  ]),
  cart: new Map([
    ['1.4.2', steady(5)],
    ['1.5.0', steady(4)],
  ]),
  checkout: new Map([
    ['2.3.1', steady(4)],
    ['2.4.0', steady(3)],
    ['2.4.1', failsEvery(40)],
    ['2.5.0', { dataLayout: 1, workMs: bundlePricing }],
    ['3.0.0', { dataLayout: 2, workMs: splitShipments }],
    ['3.0.1', steady(4, 2)],
  ]),
};

/** Checkout 2.4.1: a cache of tax rates is renewed while it is read, so that one order in so many finds none. */
function failsEvery(orders: number): Version {
  let count = 0;
  const workMs = () => {
    count += 1;
    if (count % orders === 0) throw new Error('no tax rate while the cache is renewed');
    return 3;
  };
  return { dataLayout: 1, workMs };
}

/** Checkout 2.5.0: bundle prices were entered for one and two items only, and tax is looked up once an item. */
function bundlePricing(items: number): number {
  if (items > 2) throw new Error(`no bundle price for ${items} items`);
  return 20 + 100 * items;
}

/** Checkout 3.0.0: an order is split over two shipments, which was only tried with even numbers of items. */
function splitShipments(items: number): number {
  if (items % 2 === 1) throw new Error(`cannot split ${items} items into two shipments`);
  return 200;
}

/** The release `version` of `service`. Throws RangeError when there is none. */
export function release(service: ServiceName, version: string): Version {
  const found = VERSIONS[service].get(version);
  if (!found) throw new RangeError(`${service} has no version ${version}`);
  return found;
}
