import { Module } from '@nestjs/common';
import { PauseService } from './pause.service.js';

@Module({ providers: [PauseService], exports: [PauseService] })
export class PanelModule {}
