import { Module } from '@nestjs/common';
import { ResidenceService } from './residence.service.js';

@Module({ providers: [ResidenceService], exports: [ResidenceService] })
export class ResidenceModule {}
