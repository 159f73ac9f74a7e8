/**
 * The program that holds a Pod's namespaces: a Linux executable of under 200 bytes, assembled here. It asks the kernel to reap
 * children on its behalf (SIGCHLD ignored: with a shared process namespace it is process 1), then sleeps for ever.
 */

/** rt_sigaction(SIGCHLD, &ignore, NULL, 8); for (;;) pause(); followed by the structure { SIG_IGN, 0, 0, 0 }. */
const x64 = [
  0xb8, 13, 0, 0, 0, // mov eax, rt_sigaction
  0xbf, 17, 0, 0, 0, // mov edi, SIGCHLD
  0x48, 0x8d, 0x35, 19, 0, 0, 0, // lea rsi, [rip + ignore]
  0x31, 0xd2, // xor edx, edx
  0x41, 0xba, 8, 0, 0, 0, // mov r10d, 8
  0x0f, 0x05, // syscall
  0xb8, 34, 0, 0, 0, // again: mov eax, pause
  0x0f, 0x05, // syscall
  0xeb, 0xf7, // jmp again
  0x90, 0x90, // padding
];

/** The same for arm64, which has no pause: ppoll(NULL, 0, NULL, NULL, 0) never returns. */
const arm64 = [
  0xd2800220, // mov x0, SIGCHLD
  0x100001a1, // adr x1, ignore
  0xd2800002, // mov x2, 0
  0xd2800103, // mov x3, 8
  0xd28010c8, // mov x8, rt_sigaction
  0xd4000001, // svc 0
  0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800004, // again: mov x0..x4, 0
  0xd2800928, // mov x8, ppoll
  0xd4000001, // svc 0
  0x17fffff9, // b again
];

const ignoreAction = Buffer.from([1, ...Array<number>(31).fill(0)]);
const elfMachines = { x64: 62, arm64: 183 } as const;
export type PauseArchitecture = keyof typeof elfMachines;

const headerSize = 64;
const segmentSize = 56;
const loadAddress = 0x400000;

export function pauseProgram(architecture: PauseArchitecture): Buffer {
  const code = Buffer.concat([architecture === 'x64' ? Buffer.from(x64) : words(arm64), ignoreAction]);
  const total = headerSize + segmentSize + code.length;
  const header = Buffer.alloc(headerSize + segmentSize);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header); // ELF, 64 bits, little endian
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(elfMachines[architecture], 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(loadAddress + headerSize + segmentSize), 24); // entry point
  header.writeBigUInt64LE(BigInt(headerSize), 32); // the one segment's description
  header.writeUInt16LE(headerSize, 52);
  header.writeUInt16LE(segmentSize, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, headerSize); // to be loaded
  header.writeUInt32LE(5, headerSize + 4); // readable, executable
  header.writeBigUInt64LE(BigInt(loadAddress), headerSize + 16);
  header.writeBigUInt64LE(BigInt(loadAddress), headerSize + 24);
  header.writeBigUInt64LE(BigInt(total), headerSize + 32);
  header.writeBigUInt64LE(BigInt(total), headerSize + 40);
  header.writeBigUInt64LE(0x1000n, headerSize + 48);
  return Buffer.concat([header, code]);
}

function words(instructions: readonly number[]): Buffer {
  const out = Buffer.alloc(instructions.length * 4);
  instructions.forEach((word, i) => out.writeUInt32LE(word >>> 0, i * 4));
  return out;
}
