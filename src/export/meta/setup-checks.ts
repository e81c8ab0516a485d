import { type Frequencies } from './frequencies.js';
import { type DescribedFile } from './release-description.js';

/** What a numeric column must come to when it was read rightly: values that are no reasons, and their mean. */
export interface ColumnCheck {
  variable: string;
  valid: number;
  mean: number;
}

/** Numbers by which a script sees that it read a file rightly: of the first numeric columns that have values. */
export function checksOf({ table, frequencies }: DescribedFile, most = Infinity): ColumnCheck[] {
  const checks = frequencies.flatMap((counted): ColumnCheck[] => {
    const mean = meanOf(counted);
    const isKey = table.key.includes(counted.variable);
    return mean === undefined || isKey ? [] : [{ variable: counted.variable, valid: counted.valid, mean }];
  });
  return checks.slice(0, most);
}

/** None where no value or not every value is known. */
function meanOf({ statistics, values, undeclared, more, valid }: Frequencies): number | undefined {
  if (statistics) return statistics.mean;
  const listed = [...values, ...undeclared];
  if (valid === 0 || more > 0 || listed.length === 0) return undefined;
  return listed.reduce((sum, { code, count }) => sum + code * count, 0) / valid;
}
