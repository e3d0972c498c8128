import { setFlagsFromString } from 'node:v8';

// Node 20 (V8 11) alone.
if (process.versions.v8.startsWith('11.')) {
  // A bug: when a function with an inlined WebAssembly call is deoptimized during that call, the whole process ends ("unreachable code"
  // in Deoptimizer::DoComputeBuiltinContinuation). Under load a worker ends every few minutes. Without inlining, a call of Cedar costs the
  // same within what can be measured.
  setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  // V8 optimizes a function of WebAssembly that has run for a little while. At a start that is Cedar's parser, whose functions are huge:
  // optimizing it took a sixth of the CPU of a worker's start, for policies that are parsed once. With 50 times its budget, V8 optimizes
  // what judges actions under load, and not what only a start runs.
  setFlagsFromString('--wasm-tiering-budget=100000000');
}
