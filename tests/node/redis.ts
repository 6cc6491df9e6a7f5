/** A Redis server of the test's own on a free port, with its data on disk so that it can be started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { installOnDebian, runnable } from '#node/bench/programs.ts';
import { temporaryFolder } from './ludus.ts';

const NAMES = ['redis-server', 'valkey-server'];

export class RedisServer implements AsyncDisposable {
  readonly address: string;
  private readonly port: number;
  private readonly folder = temporaryFolder();
  private child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
    this.address = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--appendonly',
      'yes',
    ];
    const child = spawn(program(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    await new Promise<void>((ready, fail) => {
      child.stdout.on('data', (text: Buffer) => {
        if (/ready to accept connections/i.test(text.toString())) ready();
      });
      child.on('exit', (code) => fail(new Error(`redis-server ended with code ${code}`)));
    });
  }

  /** As a machine that is switched off: no goodbye to anybody. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function program(): string {
  const found = installed() ?? (installOnDebian('redis-server') ? installed() : undefined);
  if (found === undefined) throw new Error('No Redis found: install one (`apt-get install redis-server`).');
  return found;
}

function installed(): string | undefined {
  return NAMES.map(runnable).find((path) => path !== undefined);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
