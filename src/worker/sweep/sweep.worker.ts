/** The thread that reads a sweep's folder for the page. No world and no agent is loaded. */
import { expose } from 'comlink';
import { SweepReader } from './reader.ts';

expose(new SweepReader());
