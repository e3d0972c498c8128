import type { Installation, Rules } from '../../src/domain/installation/installation.ts';
import { newKey, type SigningKey, testInstallation } from './installation.ts';

/** The key that a gateway signs with in tests. */
export const GATEWAY_KEY: SigningKey = newKey();

/** The test installation's rules, with a gateway that signs with that key. */
export const withGateway = (changes: Partial<NonNullable<Rules['gateway']>> = {}): Partial<Installation> => {
  const { rules } = testInstallation().installation;
  const gateway = {
    url: 'https://countersign.example',
    keys: [GATEWAY_KEY.x],
    stepUpFromTier: 3,
    ...changes,
  } as const;
  return { rules: { ...rules, gateway } };
};
