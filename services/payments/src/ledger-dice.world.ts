/** Choices of a random history: numbers that a property drew, taken one after the other, round and round. The same numbers make the same choices among the same things. */
export class Dice {
  #taken = 0;
  constructor(private readonly numbers: readonly number[]) {}
  next(): number { return this.numbers[this.#taken++ % this.numbers.length]!; }
  /** One of them, if there is any. */
  of<T>(from: readonly T[]): T | undefined { return from.length === 0 ? undefined : from[this.next() % from.length]; }
  among<T>(...from: readonly [T, ...T[]]): T { return from[this.next() % from.length]!; }
  /** From 0 to that. */
  upTo(most: number): number { return this.next() % (most + 1); }
  /** Once in so many times. */
  once(inTimes: number): boolean { return this.next() % inTimes === 0; }
}
