/** The thread of a follower in Node, which has no page to serve. */
import { starter } from '#host/platform.ts';
import { follow } from './follower.ts';

const leader = starter();
if (leader) follow(leader);
