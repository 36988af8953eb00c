/** A list of numbers in a typed array that doubles when it is full: a million of them in a few megabytes. */
type Typed = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

export class NumberList<Values extends Typed> {
  #values: Values
  #length = 0
  readonly #make: (length: number) => Values

  constructor(make: (length: number) => Values) {
    this.#make = make
    this.#values = make(1_024)
  }

  get length() {
    return this.#length
  }

  push(value: number) {
    if (this.#length === this.#values.length) {
      const larger = this.#make(this.#length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = value
  }

  at(index: number): number {
    return index < this.#length ? (this.#values[index] as number) : Number.NaN
  }

  set(index: number, value: number) {
    this.#values[index] = value
  }
}

export const bytes = () => new NumberList((length) => new Uint8Array(length))
export const integers = () => new NumberList((length) => new Uint32Array(length))
export const floats = () => new NumberList((length) => new Float64Array(length))
