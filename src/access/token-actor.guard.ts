import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import { type AnalystToken, readableKinds, type ReleaseKind } from './analyst-token.js';
import { type TokenRequest } from './gate.service.js';

const tokenOf = (context: ExecutionContext): AnalystToken | undefined =>
  context.switchToHttp().getRequest<TokenRequest>().token;

/** The token that the gate let through. */
export const TokenShown = createParamDecorator((_: unknown, context: ExecutionContext): AnalystToken => {
  const token = tokenOf(context);
  if (!token) throw new Error('The matrix of routes does not keep this route for tokens');
  return token;
});

/** The kinds of release that whoever sent the request may read: what is of another kind is not there for them. */
export const ReadableKinds = createParamDecorator(
  (_: unknown, context: ExecutionContext): readonly ReleaseKind[] => readableKinds(tokenOf(context)),
);
