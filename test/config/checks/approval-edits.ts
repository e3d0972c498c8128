/** Edits of the example's countersign.yaml: who must approve. */

const OWN = 'review:\n  within: 24h\n  approval: { atLeast: 1, of: [owners] }';

/** The approval of reviews, written in another way. */
export const review = (approval: string) => ({
  file: 'countersign.yaml',
  replace: OWN,
  by: `review:\n  within: 24h\n  approval: ${approval}`,
});

/** The rule for what is severe for security, as it stands there. */
export const SECURITY =
  '  - when: { category: security, atLeast: 3 }\n    require: { atLeast: 1, of: [group:security] }';
