/**
 * Does to Cedar's entry what a busy process does to it now and then: deoptimizes it while its call of WebAssembly runs. V8's own
 * functions are reached with --allow-natives-syntax.
 */
import '../../src/adapters/cedar/index.ts';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';

const deoptimize = new Function('f', '%DeoptimizeFunction(f)');

preparsePolicySet('all', { staticPolicies: { all: 'permit (principal, action, resource);' } });
let whileItRuns = () => {};
const ask = () =>
  statefulIsAuthorized({
    principal: { type: 'Agent', id: 'a' },
    action: { type: 'Action', id: 'execute' },
    resource: { type: 'Service', id: 'cart' },
    entities: [],
    preparsedPolicySetId: 'all',
    // Read from within WebAssembly.
    get context() {
      whileItRuns();
      return {};
    },
  });

for (let i = 0; i < 20_000; i += 1) ask();
// The one may be inlined into the other.
whileItRuns = () => [ask, statefulIsAuthorized].forEach((f) => void deoptimize(f));
process.stdout.write(ask().type);
