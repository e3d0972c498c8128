import { setFlagsFromString } from 'node:v8';

// Node 20 alone (V8 11): a function into which a call of WebAssembly was inlined, and that is deoptimized while this call runs,
// ends the whole process ("unreachable code" in Deoptimizer::DoComputeBuiltinContinuation). Under load that is a worker every few
// minutes. Without inlining, a call of Cedar costs the same within what can be measured.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');
