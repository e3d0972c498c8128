import { isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/**
 * The address of a client, to count requests by. Each proxy of ours adds the address that reached it to `X-Forwarded-For`; anybody
 * may have written the entries before those.
 *
 * @param proxies how many proxies of ours there are
 */
export function clientAddressOf(c: Context, proxies: number): string {
  const passedOn = (c.req.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim());
  const clientAddress = proxies === 0 ? '' : (passedOn.at(-proxies) ?? '');
  return networkOf(isIP(clientAddress) === 0 ? (getConnInfo(c).remote.address ?? '') : clientAddress);
}

/** The address without the part that its owner can choose: of IPv6 the first 64 bits, as one owner has all addresses below (RFC 6177). */
function networkOf(address: string): string {
  const mappedIpv4 = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mappedIpv4 !== undefined) return mappedIpv4;
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const [first, last] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const missingCount = 8 - (first?.length ?? 0) - (last?.length ?? 0);
  const groups = [
    ...(first ?? []),
    ...Array.from({ length: Math.max(0, missingCount) }, () => '0'),
    ...(last ?? []),
  ];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
