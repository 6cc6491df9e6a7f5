/** Lists the packages that the page and the command line are handed on with: `npm run licences`. Fails where one may not be. */
import { isAllowed, lineOf, packages } from './packages.ts';

const all = packages();
for (const each of all) process.stdout.write(`${lineOf(each)}\n`);
const wrong = all.filter(({ licence }) => !isAllowed(licence));
for (const { name, version, licence } of wrong)
  process.stderr.write(
    `${name} ${version}: expected one of the licences in scripts/packages.ts, got ${licence}\n`,
  );
if (wrong.length > 0) process.exitCode = 1;
