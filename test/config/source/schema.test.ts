import { describe, expect, test } from 'vitest';
import { plainAddress } from '../../../src/config/source/schema.ts';

describe('an address', () => {
  test.each([
    'ada@example.com',
    "o'hara+on-call@mail.example.com",
    'ada@xn--bcher-kva.example',
    'ada@xn--e1afmkfd.xn--p1ai',
    'ada@EXAMPLE.XN--P1AI',
  ])('%s is taken', (written) => {
    expect(plainAddress.safeParse(written).success).toBe(true);
  });

  test.each([
    'ada',
    'ada@example',
    'ada@example.xn--',
    'ada@example.xn--p1ai-',
    'ada@example.com, eve@example.com',
    'Ada <ada@example.com>',
    'ada@example.com\nBcc: eve@example.com',
    'ada@кириллица.рф',
    '.ada@example.com',
    'ada..b@example.com',
  ])('%j is not', (written) => {
    expect(plainAddress.safeParse(written).success).toBe(false);
  });
});
