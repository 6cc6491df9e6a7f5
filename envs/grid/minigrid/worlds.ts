/** The worlds of the MiniGrid family, roughly from easy to hard. */
import type { EnvDefinition } from '#core/env.ts';
import { lavaCrossing, simpleCrossing } from './levels/crossing.ts';
import { distShift } from './levels/dist-shift.ts';
import { doorKey } from './levels/door-key.ts';
import { dynamicObstacles } from './levels/dynamic-obstacles.ts';
import { empty } from './levels/empty.ts';
import { fetch } from './levels/fetch.ts';
import { fourRooms } from './levels/four-rooms.ts';
import { goToDoor, goToObject } from './levels/go-to.ts';
import { keyCorridor } from './levels/key-corridor.ts';
import { lavaGap } from './levels/lava-gap.ts';
import { lockedRoom } from './levels/locked-room.ts';
import { memory } from './levels/memory.ts';
import { multiRoom } from './levels/multi-room.ts';
import { own } from './levels/own.ts';
import { putNear } from './levels/put-near.ts';
import { redBlueDoors } from './levels/red-blue-doors.ts';
import { blockedUnlockPickup, obstructedMaze, unlock, unlockPickup } from './levels/unlock.ts';

export const minigrid: readonly EnvDefinition[] = [
  empty,
  fourRooms,
  doorKey,
  simpleCrossing,
  lavaCrossing,
  lavaGap,
  distShift,
  dynamicObstacles,
  goToDoor,
  goToObject,
  fetch,
  putNear,
  unlock,
  unlockPickup,
  blockedUnlockPickup,
  redBlueDoors,
  memory,
  multiRoom,
  lockedRoom,
  keyCorridor,
  obstructedMaze,
  own,
];
