#!/usr/bin/env node
/** The command `ludus` of the npm package. */
import { commands, runCommandLine } from './command-line.ts';

await runCommandLine(commands);
