import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Capacity } from './capacity.ts';
import { computeProduct, loadProduct, type Product } from './products.ts';
import { release, type ServiceName, VERSIONS } from './versions.ts';

interface Setting {
  initial: number;
  min: number;
  max: number;
}

/** Waiting requests that each instance adds to the queue. */
const queueLimit: Setting = { initial: 20, min: 0, max: 1_000 };

/** What can be configured, per service. */
export const SETTINGS: Record<ServiceName, Readonly<Record<string, Setting>>> = {
  catalog: { queueLimit },
  cart: { queueLimit, maxQuantity: { initial: 10, min: 1, max: 1_000 } },
  checkout: {
    queueLimit,
    maxItems: { initial: 20, min: 1, max: 100 },
    paymentTimeoutMs: { initial: 2_000, min: 1, max: 60_000 },
  },
};

const INITIAL_INSTANCES = 3;
const SLOTS_PER_INSTANCE = 2;

export const factsSchema = z.strictObject({
  instances: z.int().exactOptional(),
  version: z.string().exactOptional(),
  config: z.record(z.string(), z.int()).exactOptional(),
  cachedProducts: z.array(z.string()).exactOptional(),
});

/** Some or all of the facts that changes set; a fact that is absent is not spoken of. */
export type Facts = z.infer<typeof factsSchema>;

/** One service of the storefront. What it does to a request follows from its facts alone. */
export class Service {
  readonly name: ServiceName;
  readonly capacity: Capacity;
  #instances = INITIAL_INSTANCES;
  #version: string;
  #config: Record<string, number>;
  #cache = new Map<string, Product>();

  constructor(name: ServiceName) {
    this.name = name;
    const [current] = VERSIONS[name].keys();
    if (current === undefined) throw new RangeError(`${name} has no versions`);
    this.#version = current;
    this.#config = Object.fromEntries(
      Object.entries(SETTINGS[name]).map(([key, { initial }]) => [key, initial]),
    );
    this.capacity = new Capacity(() => ({
      slots: this.#instances * SLOTS_PER_INSTANCE,
      waiting: this.#instances * this.setting('queueLimit'),
    }));
  }

  /** The public view of the service, as `GET /state` shows it. */
  state() {
    return {
      instances: this.#instances,
      config: { ...this.#config },
      version: this.#version,
      cacheEntries: this.#cache.size,
    };
  }

  /** The value of a setting. Throws RangeError when the service has none of that name. */
  setting(key: string): number {
    const value = this.#config[key];
    if (value === undefined) throw new RangeError(`${this.name} has no setting ${key}`);
    return value;
  }

  /** The present values of the facts that `asked` speaks of. */
  pick(asked: Facts): Facts {
    const keys = Object.keys(asked.config ?? {});
    return {
      ...(asked.instances !== undefined && { instances: this.#instances }),
      ...(asked.version !== undefined && { version: this.#version }),
      ...(asked.config && { config: Object.fromEntries(keys.map((key) => [key, this.setting(key)])) }),
      ...(asked.cachedProducts && { cachedProducts: [...this.#cache.keys()] }),
    };
  }

  /** Makes `facts` true; running requests keep what they started with, waiting ones see the new facts. */
  apply(facts: Facts): void {
    this.#instances = facts.instances ?? this.#instances;
    this.#version = facts.version ?? this.#version;
    Object.assign(this.#config, facts.config);
    if (facts.cachedProducts) {
      this.#cache = new Map(facts.cachedProducts.map((id) => [id, computeProduct(id)]));
    }
    this.capacity.admit();
  }

  /** Does the deployed version's work for `ids` and returns their products, from the cache where it has them. */
  async products(ids: readonly string[]): Promise<Product[]> {
    await sleep(release(this.name, this.#version).workMs(ids.length));
    return Promise.all(ids.map((id) => this.#cache.get(id) ?? this.#loadIntoCache(id)));
  }

  async #loadIntoCache(id: string): Promise<Product> {
    const product = await loadProduct(id);
    this.#cache.set(id, product);
    return product;
  }
}

export type Services = Readonly<Record<ServiceName, Service>>;

/** The three services as they are before any change. */
export function createServices(): Services {
  return { catalog: new Service('catalog'), cart: new Service('cart'), checkout: new Service('checkout') };
}
