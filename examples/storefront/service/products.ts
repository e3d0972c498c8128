import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A product as shoppers see it; `price` is in cents. */
export interface Product {
  id: string;
  price: number;
}

/** `p-1` to `p-50`. */
export const PRODUCT_IDS: readonly string[] = Array.from({ length: 50 }, (_, index) => `p-${index + 1}`);

const STORE_READ_MS = 12;

/** Prices are derived from the id, so that every process sells at the same ones without a database. */
export function computeProduct(id: string): Product {
  return { id, price: 100 + (createHash('sha256').update(id).digest().readUInt16BE() % 9_900) };
}

/** What a cache miss costs: one read of the product store. */
export async function loadProduct(id: string): Promise<Product> {
  await sleep(STORE_READ_MS);
  return computeProduct(id);
}
