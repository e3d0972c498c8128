import { describe } from 'vitest';
import { testBroken } from '../broken.ts';

const services = 'catalog/services.yaml';
const agents = 'catalog/agents.yaml';
const people = 'catalog/people.yaml';

describe('entities', () => {
  testBroken([
    {
      rule: 'only the catalog format that is read is taken',
      file: agents,
      replace: 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: cache-agent',
      by: 'apiVersion: backstage.io/v2\nkind: Component\nmetadata:\n  name: cache-agent',
      problem: 'apiVersion: must be one of backstage.io/v1alpha1, backstage.io/v1beta1',
    },
    {
      rule: 'a misspelt dependency would make the blast radius too small, so it is refused',
      file: services,
      replace: 'dependsOn: [component:catalog, component:cart]',
      by: 'dependson: [component:catalog, component:cart]',
      problem: 'spec.dependson: unknown key; did you mean "dependsOn"?',
    },
    {
      rule: 'an annotation of ours that nobody knows is refused',
      file: services,
      replace: '    countersign.dev/service-tier: "3"',
      by: '    countersign.dev/service-tier: "3"\n    countersign.dev/service-teir: "1"',
      problem:
        'metadata.annotations.countersign.dev/service-teir: unknown annotation for this kind; did you mean "countersign.dev/service-tier"?',
    },
    {
      rule: 'no agent has the name by which we ask for people ourselves',
      file: agents,
      replace: 'name: cache-agent',
      by: 'name: countersign',
      problem:
        'metadata.name: countersign is the name by which Countersign itself asks: give the agent another one',
    },
    {
      rule: 'a service tier is one of four texts',
      file: services,
      replace: 'countersign.dev/service-tier: "3"',
      by: 'countersign.dev/service-tier: "5"',
      problem:
        'metadata.annotations.countersign.dev/service-tier: must be "1", "2", "3" or "4", where "1" is the most critical',
    },
    {
      rule: 'what an hour costs is a number',
      file: services,
      replace: 'countersign.dev/cost-per-hour: "600"',
      by: 'countersign.dev/cost-per-hour: 600 EUR',
      problem:
        'metadata.annotations.countersign.dev/cost-per-hour: must be what an hour of trouble costs, in your currency and from "0" to "1000000000000", such as "1200"',
    },
    {
      rule: 'annotations are texts, as in Backstage',
      file: services,
      replace: 'countersign.dev/cost-per-hour: "600"',
      by: 'countersign.dev/cost-per-hour: 600',
      problem: 'metadata.annotations.countersign.dev/cost-per-hour: must be a text',
    },
    {
      rule: 'data is as secret as one of four words says',
      file: services,
      replace: 'countersign.dev/data-classification: public',
      by: 'countersign.dev/data-classification: secret',
      problem:
        'metadata.annotations.countersign.dev/data-classification: must be one of public, internal, confidential, restricted',
    },
    {
      rule: 'no objective is never to fail',
      file: services,
      replace: 'countersign.dev/slo: "99.9"',
      by: 'countersign.dev/slo: "100"',
      problem:
        'metadata.annotations.countersign.dev/slo: must be an availability objective in percent, more than "0" and less than "100", such as "99.9"',
    },
    {
      rule: 'what is at stake is written beside components alone',
      file: services,
      replace: 'kind: Resource\nmetadata:\n  name: orders-db\n  description: Orders and their payments',
      by: 'kind: Resource\nmetadata:\n  name: orders-db\n  annotations: { countersign.dev/slo: "99" }',
      problem:
        'metadata.annotations.countersign.dev/slo: unknown annotation for this kind; none is known here',
    },
    {
      rule: 'the level at which an agent starts is one of four texts',
      file: agents,
      replace: 'countersign.dev/autonomy: "3"',
      by: 'countersign.dev/autonomy: "4"',
      problem:
        'metadata.annotations.countersign.dev/autonomy: must be "0" (recommends only), "1" (people approve each action), "2" (a window) or "3" (at once)',
    },
    {
      rule: 'a service needs its tier',
      file: services,
      replace: '  annotations:\n    countersign.dev/service-tier: "3"',
      by: '  annotations: # of catalog\n    countersign.dev/time-zone: UTC',
      problem:
        'metadata.annotations.countersign.dev/service-tier: is missing: write "1" (most critical) to "4", as every target needs it',
    },
    {
      rule: 'an entity is written once',
      file: agents,
      replace: 'name: cache-agent',
      by: 'name: scaler-agent # again',
      problem: 'metadata.name: component:scaler-agent is in the catalog twice: keep one of them',
    },
    {
      rule: 'everybody has one plain mail address',
      file: people,
      replace: 'email: grace@storefront.example',
      by: 'email: grace@storefront.example, noor@storefront.example',
      problem: 'spec.profile.email: must be one plain address, such as ada@example.com',
    },
    {
      rule: 'a signing key is 32 bytes',
      file: people,
      replace: '    countersign.dev/signing-keys: ',
      by: '    countersign.dev/signing-keys: c2hvcnQ,',
      problem:
        'metadata.annotations.countersign.dev/signing-keys: must be Ed25519 public keys, each 43 characters of base64url, separated by commas: run "countersign keys"',
    },
  ]);
});

describe('references', () => {
  testBroken([
    {
      rule: 'an owner exists',
      file: services,
      replace: '  owner: group:cart-team',
      by: '  owner: group:cart-taem',
      problem: 'spec.owner: group:cart-taem is not in the catalog; did you mean "group:cart-team"?',
    },
    {
      rule: 'an owner is people',
      file: services,
      replace: '  owner: group:cart-team',
      by: '  owner: component:cart',
      problem: 'spec.owner: must be group:name or user:name',
    },
    {
      rule: 'the owner of an agent exists',
      file: agents,
      replace: 'owner: user:samira',
      by: 'owner: user:samantha',
      problem: 'spec.owner: user:samantha is not in the catalog; did you mean "user:samira"?',
    },
    {
      rule: 'what a service depends on exists',
      file: services,
      replace: 'dependsOn: [component:cart, resource:orders-db]',
      by: 'dependsOn: [component:cart, resource:order-db]',
      problem:
        'spec.dependsOn.1: resource:order-db is not in the catalog; did you mean "resource:orders-db"?',
    },
    {
      rule: 'an API that a service consumes exists',
      file: services,
      replace: 'consumesApis: [payments-api]',
      by: 'consumesApis: [default/payment-api]',
      problem: 'spec.consumesApis.0: api:payment-api is not in the catalog; did you mean "api:payments-api"?',
    },
    {
      rule: 'an API of another namespace is another one',
      file: services,
      replace: 'consumesApis: [payments-api]',
      by: 'consumesApis: [finance/payments-api]',
      problem:
        'spec.consumesApis.0: api:finance/payments-api is not in the catalog; did you mean "api:payments-api"?',
    },
    {
      rule: 'a group that somebody is in exists',
      file: people,
      replace: 'memberOf: [sre-on-call]',
      by: 'memberOf: [sre-on-cal]',
      problem: 'spec.memberOf.0: group:sre-on-cal is not in the catalog; did you mean "group:sre-on-call"?',
    },
    {
      rule: 'a group that must approve has people',
      file: services,
      replace: 'owner: group:web-team',
      by: 'owner: group:search-team\n---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: search-team }\nspec:\n  type: team',
      at: 'owner: group:search-team',
      problem:
        'spec.owner: group:search-team has nobody in it who could be asked: name people in its spec.members, or the group in their spec.memberOf',
    },
    {
      rule: 'groups that must approve are not inside each other',
      file: services,
      replace: 'owner: group:web-team',
      by: `owner: group:one
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: one }
spec: { type: team, children: [two], members: [ada] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: two }
spec:
  type: team
  children: [one]`,
      at: 'owner: group:one',
      problem:
        'spec.owner: group:one is in a circle: these groups are inside each other: group:one, group:two: take one out of the other',
    },
    {
      rule: 'whoever must approve can be asked',
      file: services,
      replace: 'owner: group:web-team',
      by: `owner: user:kim
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: kim }
spec:
  memberOf: [web-team]`,
      at: 'owner: user:kim',
      problem: 'spec.owner: user:kim has no address: write spec.profile.email',
    },
    {
      rule: 'the owner of the database of a target exists',
      file: services,
      replace:
        'kind: Resource\nmetadata:\n  name: orders-db\n  description: Orders and their payments\nspec:\n  type: database\n  owner: group:checkout-team',
      by: 'kind: Resource\nmetadata:\n  name: orders-db\n  description: Orders and their payments\nspec:\n  type: database\n  owner: group:checkuot-team',
      problem: 'spec.owner: group:checkuot-team is not in the catalog; did you mean "group:checkout-team"?',
    },
  ]);
});
