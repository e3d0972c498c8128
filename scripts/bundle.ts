import { readdir } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/**
 * Bundles the workflows of `dist` or `src`.
 *
 * @param folder with a slash at its end
 * @param ending of the files in it
 * @param interceptors modules in it that are put around the workflows: none in production
 */
export async function bundleWorkflows(
  folder: string,
  ending: '.js' | '.ts',
  interceptors: readonly string[] = [],
): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${folder}workflows/index${ending}`,
    workflowInterceptorModules: interceptors.map((module) => `${folder}${module}${ending}`),
    // Pure and without state, so loaded once and not for every action: signature checks keep their tables.
    preloadModules: (await readdir(`${folder}domain`, { recursive: true }))
      // What evaluates conditions of operators is needed by activities alone.
      .filter((file) => file.endsWith(ending) && !/^analysis\/.*(cel|condition)\./.test(file))
      .map((file) => `${folder}domain/${file}`),
    // Stack traces name files and lines of the sources, and need no text of them: that was half of the bundle, which each worker and each
    // of its threads reads.
    webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/** Bundles them for exercises, where their clock is that of the scenario. */
export const bundleForExercises = (folder: string, ending: '.js' | '.ts') =>
  bundleWorkflows(folder, ending, ['exercise/workflow-clock']);
