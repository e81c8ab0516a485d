/** Bytes in a row: numbers with the least byte first, texts in UTF-8. */
export class Records {
  private readonly parts: Buffer[] = [];
  length = 0;

  bytes(bytes: Buffer): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  int32(...numbers: readonly number[]): this {
    const bytes = Buffer.alloc(numbers.length * 4);
    numbers.forEach((number, index) => bytes.writeInt32LE(number, index * 4));
    return this.bytes(bytes);
  }

  int64(...numbers: readonly number[]): this {
    const bytes = Buffer.alloc(numbers.length * 8);
    numbers.forEach((number, index) => bytes.writeBigInt64LE(BigInt(number), index * 8));
    return this.bytes(bytes);
  }

  double(...numbers: readonly number[]): this {
    const bytes = Buffer.alloc(numbers.length * 8);
    numbers.forEach((number, index) => bytes.writeDoubleLE(number, index * 8));
    return this.bytes(bytes);
  }

  /** A text with spaces behind it, up to so many bytes. */
  text(text: string, width = Buffer.byteLength(text)): this {
    const bytes = Buffer.alloc(width, ' ');
    bytes.write(text);
    return this.bytes(bytes);
  }

  /** An extension record: what it is, the size of an element, and how many of these its content has. */
  extension(subtype: number, size: number, content: Records): this {
    return this.int32(7, subtype, size, content.length / size).bytes(content.toBuffer());
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.parts);
  }
}
