/** A neighbour that fills the shared cache: writes to 128 MiB, one word a cache line, until its parent is gone. */
const words = new Int32Array(2 ** 25)
const parent = process.ppid
while (process.ppid === parent) for (let i = 0; i < words.length; i += 16) words[i] += 1
