/** Seeded bugs in what a record holds when it is read back. */
export * from './absentAsNull.ts';
export * from './assignedFields.ts';
export * from './bigintCoercion.ts';
export * from './cutAt64k.ts';
export * from './cutAtNul.ts';
export * from './decimal128Amounts.ts';
export * from './emptyFieldsDropped.ts';
export * from './knownFieldsOnly.ts';
export * from './localTimes.ts';
export * from './nanAmounts.ts';
export * from './normalizedTexts.ts';
export * from './nullDropped.ts';
export * from './replacedSurrogates.ts';
export * from './roundedAmounts.ts';
export * from './sixDigitTimes.ts';
export * from './throughNumber.ts';
export * from './trimmedTexts.ts';
