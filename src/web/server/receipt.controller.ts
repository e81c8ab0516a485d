import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ReceiptService } from '../../rights/receipt.service.js';
import { RECEIPT_PATH } from './mine-page.js';
import { receiptPage } from './receipt-page.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { webAssets } from './web-assets.node.js';

/** Checks the code of a receipt, for everybody and without signing in. The code comes by the form alone: no address ever names it. */
@ApiExcludeController()
@Controller(RECEIPT_PATH)
export class ReceiptController {
  constructor(@Inject(ReceiptService) private readonly receipts: ReceiptService) {}

  @Get()
  form(@Query('lang') lang: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/html; charset=utf-8');
    return receiptPage({ locale: lang === 'en' ? 'en' : 'ru', locales: ['ru', 'en'], assets: webAssets() });
  }

  @Post()
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async check(
    @Body() form: { code?: unknown; locale?: unknown } | null | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const locale = form?.locale === 'en' ? 'en' : 'ru';
    const code = typeof form?.code === 'string' ? form.code.slice(0, 100) : '';
    const found = await this.receipts.check(code);
    void reply.status(found ? 200 : 404).type('text/html; charset=utf-8');
    return receiptPage({ locale, locales: ['ru', 'en'], checked: { code, found }, assets: webAssets() });
  }
}
