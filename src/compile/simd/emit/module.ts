/**
 * Writes WebAssembly binaries (Core Specification 2.0, chapter 5) with imports, functions, exports and code: memory and kernels
 * are imported, and tables, data and globals are not needed.
 */
import type { KernelSignature } from '../kernel-exports.ts';
import { writeUnsigned } from '../leb128.ts';
import type { Code } from './code.ts';
import { TYPE_CODES } from './opcodes.ts';

const Section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** Memory limits in pages of 64 KiB; they must match the memory that is imported. */
export interface MemoryLimits {
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

interface FunctionEntry {
  readonly code: Code;
  readonly exportName: string | undefined;
}

/** Collects imports and functions, then writes them as one binary. */
export class ModuleWriter {
  private readonly types: KernelSignature[] = [];
  private readonly imports: { readonly name: string; readonly type: number }[] = [];
  private readonly functions: FunctionEntry[] = [];
  private readonly memory: MemoryLimits;

  constructor(memory: MemoryLimits) {
    this.memory = memory;
  }

  /** Imports a kernel; returns its function index. All imports come before the first function. */
  importFunction(name: string, signature: KernelSignature): number {
    const known = this.imports.findIndex((entry) => entry.name === name);
    if (known >= 0) return known;
    if (this.functions.length > 0) throw new Error(`import ${name} must come before the first function`);
    return this.imports.push({ name, type: this.typeIndex(signature) }) - 1;
  }

  /** Adds a function without parameters and results; returns its index. */
  addFunction(code: Code, exportName?: string): number {
    return this.imports.length + this.functions.push({ code, exportName }) - 1;
  }

  /** The module's bytes, sections in the order that the specification wants. */
  finish(): Uint8Array<ArrayBuffer> {
    const procedure = this.typeIndex({ params: [], result: undefined });
    const out = new ByteWriter();
    out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    out.section(Section.type, this.types, (type) => {
      out.raw([0x60]);
      out.vector(type.params, ({ type: of }) => out.raw([TYPE_CODES[of]]));
      out.vector(type.result ? [type.result] : [], (of) => out.raw([TYPE_CODES[of]]));
    });
    out.section(Section.import, ['memory', ...this.imports], (entry) => {
      if (typeof entry === 'string') this.writeMemoryImport(out);
      else {
        out.name('kernels');
        out.name(entry.name);
        out.raw([0x00]);
        out.unsigned(entry.type);
      }
    });
    out.section(Section.function, this.functions, () => out.unsigned(procedure));
    const exported = this.functions.flatMap(({ exportName }, i) => (exportName ? [{ exportName, i }] : []));
    out.section(Section.export, exported, ({ exportName, i }) => {
      out.name(exportName);
      out.raw([0x00]);
      out.unsigned(this.imports.length + i);
    });
    out.section(Section.code, this.functions, ({ code }) => {
      const body = code.finish();
      out.unsigned(body.length);
      out.raw(body);
    });
    return out.finish();
  }

  private writeMemoryImport(out: ByteWriter): void {
    out.name('env');
    out.name('memory');
    out.raw([0x02, this.memory.shared ? 0x03 : 0x01]);
    out.unsigned(this.memory.initial);
    out.unsigned(this.memory.maximum);
  }

  private typeIndex(type: KernelSignature): number {
    const known = this.types.findIndex((other) => typeKey(other) === typeKey(type));
    return known >= 0 ? known : this.types.push(type) - 1;
  }
}

function typeKey({ params, result }: KernelSignature): string {
  return `${params.map((param) => param.type).join()}>${result}`;
}

/** Encodes numbers, names, vectors and sections. */
class ByteWriter {
  private bytes: number[] = [];

  raw(bytes: readonly number[]): void {
    for (const byte of bytes) this.bytes.push(byte);
  }

  unsigned(value: number): void {
    writeUnsigned(this.bytes, value);
  }

  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.unsigned(encoded.length);
    this.raw([...encoded]);
  }

  vector<T>(items: readonly T[], write: (item: T) => void): void {
    this.unsigned(items.length);
    items.forEach(write);
  }

  section<T>(id: number, items: readonly T[], write: (item: T) => void): void {
    const outer = this.bytes;
    this.bytes = [];
    this.vector(items, write);
    const body = this.bytes;
    this.bytes = outer;
    this.raw([id]);
    this.unsigned(body.length);
    this.raw(body);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.bytes);
  }
}
