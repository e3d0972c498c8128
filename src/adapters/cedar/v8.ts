import { setFlagsFromString } from 'node:v8';

// Node 20 (V8 11) has a bug: when a function with an inlined WebAssembly call is deoptimized during that call, the whole process ends
// ("unreachable code" in Deoptimizer::DoComputeBuiltinContinuation). Under load a worker ends every few minutes. Without inlining, a
// call of Cedar costs the same within what can be measured.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');
