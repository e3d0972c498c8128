import { isMap, parseAllDocuments } from 'yaml';
import { keysIn, SIGNING_KEYS } from './entity.ts';

/**
 * Returns the text of a catalog file with one more signing key for a person or an agent. Other documents stay byte for byte the same, and
 * all comments stay. A key that is present already is not added again.
 *
 * @param x Ed25519 public key: the `x` of its JWK (RFC 8037)
 * @throws RangeError when the file has no User and no agent of that name, or is not YAML
 */
export function withSigningKey(catalogText: string, person: string, x: string): string {
  let start = 0;
  for (const document of parseAllDocuments(catalogText)) {
    const [error] = document.errors;
    if (error) throw new RangeError(`the catalog file is not YAML: ${error.message}`);
    const [, , end] = document.range;
    if (
      isMap(document.contents) &&
      (document.get('kind') === 'User' || document.getIn(['spec', 'type']) === 'ai-agent') &&
      document.getIn(['metadata', 'name']) === person
    ) {
      const path = ['metadata', 'annotations', SIGNING_KEYS];
      const existing = document.getIn(path);
      const keys = typeof existing === 'string' ? keysIn(existing) : [];
      if (keys.includes(x)) return catalogText;
      document.setIn(path, [...keys, x].join(','));
      return (
        catalogText.slice(0, start) +
        document.toString({ lineWidth: 0, flowCollectionPadding: false }) +
        catalogText.slice(end)
      );
    }
    start = end;
  }
  throw new RangeError(`the catalog file has no User and no agent named ${person}`);
}
