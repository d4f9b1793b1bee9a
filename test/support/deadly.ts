import { chmodSync, writeFileSync } from 'node:fs';

/** Instructions that cause an exception, for which the kernel sends a signal (signal(7)). */
const instructions: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  x64: {
    SIGILL: [0x0f, 0x0b],
    SIGTRAP: [0xcc],
    SIGFPE: [0x31, 0xc9, 0xf7, 0xf1],
    SIGSEGV: [0xf4],
  },
};
const machines: Readonly<Record<string, number>> = { x64: 62 };

export const deadlySignals = Object.keys(instructions[process.arch] ?? {}) as NodeJS.Signals[];

const start = 0x400000;
const headers = 64 + 56;

/**
 * Writes a program that dies by this signal: an ELF file (elf(5)) with one segment. The first process of a PID
 * namespace ignores signals of other processes, but not those from exceptions.
 */
export function writeDeadly(path: string, signal: NodeJS.Signals): void {
  const code = instructions[process.arch]?.[signal] ?? [];
  const file = Buffer.alloc(headers + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(machines[process.arch] ?? 0, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(start + headers), 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(5, 68);
  file.writeBigUInt64LE(BigInt(start), 80);
  file.writeBigUInt64LE(BigInt(start), 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  file.set(code, headers);
  writeFileSync(path, file);
  chmodSync(path, 0o755);
}
