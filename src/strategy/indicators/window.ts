// The last n numbers in a ring, with their sum and their spread. The sums are taken anew once a round of the ring, so that
// rounding errors never pile up; that is O(1) a number on average. It must never allocate after construction.

/** A ring of float64. NaN as an input stays in the sums until it has left the ring and the round is over. */
export class Window {
  declare readonly size: number;
  /** Numbers held: rises to `size` and stays. */
  count = 0;
  sum = 0;
  /** Σ (x − mean)². */
  private squares = 0;
  private next = 0;
  declare private readonly ring: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.ring = new Float64Array(size);
  }

  get full(): boolean {
    return this.count === this.size;
  }

  get mean(): number {
    return this.sum / this.count;
  }

  /** Population variance, never negative. */
  get variance(): number {
    return this.squares > 0 ? this.squares / this.count : 0;
  }

  /** The number that was pushed `ago` pushes before the last one. @param ago 0…count − 1 */
  at(ago: number): number {
    const slot = this.next - 1 - ago;
    return this.ring[slot < 0 ? slot + this.size : slot] as number;
  }

  push(x: number): void {
    const before = this.count === 0 ? x : this.mean;
    if (this.count < this.size) {
      this.count += 1;
      this.sum += x;
      this.squares += (x - before) * (x - this.mean);
    } else {
      const old = this.ring[this.next] as number;
      this.sum += x - old;
      this.squares += (x - old) * (x - this.mean + old - before);
    }
    this.ring[this.next] = x;
    this.next += 1;
    if (this.next < this.size) return;
    this.next = 0;
    this.resum();
  }

  private resum(): void {
    let sum = 0;
    for (let at = 0; at < this.count; at += 1) sum += this.ring[at] as number;
    const mean = sum / this.count;
    let squares = 0;
    for (let at = 0; at < this.count; at += 1) squares += ((this.ring[at] as number) - mean) * ((this.ring[at] as number) - mean);
    this.sum = sum;
    this.squares = squares;
  }
}
