/**
 * Builds where npm makes a package of this repository: `npm pack`, and an install from git, which npm prepares in a clone of its own. In your
 * own clone `npm ci` does not build: `npm test` and `npm run build` do.
 */
import { execFileSync } from 'node:child_process';

const { npm_command: command, npm_config_local_prefix: project } = process.env;
if (project !== process.cwd() || command === 'pack' || command === 'publish')
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
