import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import { type Actor } from './actor.js';
import { actorOf } from './actor-of.js';
import { type StaffRequest } from './gate.service.js';
import { type StaffSession } from './staff-session.js';

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<StaffRequest>();

/** Who of the staff sent the request. */
export const StaffActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor =>
  actorOf(requestOf(context)),
);

/** The session that the gate let through: what its account may do. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): StaffSession => {
  const { staff } = requestOf(context);
  if (!staff) throw new Error('The matrix of routes does not keep this route for the staff');
  return staff;
});
