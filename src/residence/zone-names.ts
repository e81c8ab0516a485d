/** A zone and the towns, states and regions whose people keep its time, in lower case, in Russian and English. */
export interface NamedZone {
  zone: string;
  places: readonly string[];
}

const zone = (name: string, places: string): NamedZone => ({ zone: name, places: places.split(', ') });

/**
 * Countries with several zones in which a region tells which, the zone with the most people first. A place in two zones (a US state
 * that is divided) stands under both; a name that is not here means any of the country's zones.
 * Source: IANA time zone database, zone.tab, and its comments on which regions a zone covers.
 */
export const NAMED_ZONES: Readonly<Record<string, readonly NamedZone[]>> = {
  RUS: [
    zone(
      'Europe/Moscow',
      'москва, moscow, московская, подмосковье, санкт петербург, петербург, питер, st petersburg, saint petersburg, ленинградская, нижний новгород, nizhny novgorod, казань, kazan, татарстан, tatarstan, ростов на дону, rostov on don, краснодар, krasnodar, сочи, sochi, воронеж, voronezh, белгород, belgorod, тула, tula, ярославль, yaroslavl, калуга, kaluga, мурманск, murmansk, петрозаводск, petrozavodsk',
    ),
    zone(
      'Asia/Yekaterinburg',
      'екатеринбург, yekaterinburg, ekaterinburg, свердловская, челябинск, chelyabinsk, уфа, ufa, башкортостан, башкирия, bashkortostan, пермь, perm, тюмень, tyumen, оренбург, orenburg, сургут, surgut',
    ),
    zone('Asia/Novosibirsk', 'новосибирск, novosibirsk'),
    zone('Europe/Samara', 'самара, samara, тольятти, tolyatti, ижевск, izhevsk, удмуртия, udmurtia'),
    zone('Asia/Krasnoyarsk', 'красноярск, krasnoyarsk'),
    zone('Asia/Irkutsk', 'иркутск, irkutsk, улан удэ, ulan ude, бурятия, buryatia'),
    zone('Asia/Omsk', 'омск, omsk'),
    zone('Asia/Vladivostok', 'владивосток, vladivostok, хабаровск, khabarovsk, приморье, приморский'),
    zone('Europe/Volgograd', 'волгоград, volgograd'),
    zone('Europe/Saratov', 'саратов, saratov'),
    zone('Europe/Ulyanovsk', 'ульяновск, ulyanovsk'),
    zone('Europe/Astrakhan', 'астрахань, astrakhan'),
    zone('Europe/Kirov', 'киров, kirov'),
    zone('Asia/Barnaul', 'барнаул, barnaul'),
    zone('Asia/Tomsk', 'томск, tomsk'),
    zone('Asia/Novokuznetsk', 'новокузнецк, novokuznetsk, кемерово, kemerovo, кузбасс'),
    zone('Asia/Yakutsk', 'якутск, yakutsk, благовещенск, blagoveshchensk'),
    zone('Asia/Chita', 'чита, chita'),
    zone('Europe/Kaliningrad', 'калининград, kaliningrad, калининградская'),
    zone('Asia/Sakhalin', 'сахалин, sakhalin, южно сахалинск'),
    zone('Asia/Magadan', 'магадан, magadan'),
    zone('Asia/Kamchatka', 'камчатка, kamchatka, петропавловск камчатский'),
  ],
  USA: [
    zone(
      'America/New_York',
      'нью йорк, new york, nyc, бруклин, brooklyn, нью джерси, new jersey, бостон, boston, массачусетс, massachusetts, вашингтон округ колумбия, washington dc, washington d c, филадельфия, philadelphia, пенсильвания, pennsylvania, майами, miami, флорида, florida, атланта, atlanta, джорджия, georgia, вирджиния, virginia, мэриленд, maryland, северная каролина, north carolina, южная каролина, south carolina, огайо, ohio, коннектикут, connecticut',
    ),
    zone(
      'America/Chicago',
      'чикаго, chicago, иллинойс, illinois, техас, texas, даллас, dallas, хьюстон, houston, остин, austin, миннесота, minnesota, миннеаполис, minneapolis, висконсин, wisconsin, флорида, florida, новый орлеан, new orleans, луизиана, louisiana, теннесси, tennessee',
    ),
    zone(
      'America/Los_Angeles',
      'лос анджелес, los angeles, калифорния, california, сан франциско, san francisco, сан диего, san diego, сакраменто, sacramento, сан хосе, san jose, сиэтл, seattle, штат вашингтон, washington state, портленд, portland, орегон, oregon, невада, nevada, лас вегас, las vegas',
    ),
    zone(
      'America/Denver',
      'денвер, denver, колорадо, colorado, юта, utah, солт лейк сити, salt lake city, техас, texas, орегон, oregon',
    ),
    zone('America/Phoenix', 'финикс, phoenix, аризона, arizona'),
    zone('America/Detroit', 'детройт, detroit, мичиган, michigan'),
    zone('America/Anchorage', 'анкоридж, anchorage'),
    zone('Pacific/Honolulu', 'гонолулу, honolulu, гавайи, hawaii'),
  ],
  KAZ: [
    zone(
      'Asia/Almaty',
      'алматы, алма ата, almaty, астана, astana, нур султан, шымкент, shymkent, караганда, karaganda, семей, semey, павлодар, pavlodar, усть каменогорск',
    ),
    zone('Asia/Aqtobe', 'актобе, aktobe, aqtobe'),
    zone('Asia/Qostanay', 'костанай, kostanay, qostanay'),
    zone('Asia/Oral', 'уральск, uralsk, oral'),
    zone('Asia/Atyrau', 'атырау, atyrau'),
    zone('Asia/Aqtau', 'актау, aktau, aqtau'),
    zone('Asia/Qyzylorda', 'кызылорда, kyzylorda, qyzylorda'),
  ],
  ESP: [
    zone(
      'Europe/Madrid',
      'мадрид, madrid, барселона, barcelona, валенсия, valencia, аликанте, alicante, малага, malaga, málaga, каталония, catalonia',
    ),
    zone(
      'Atlantic/Canary',
      'канары, канарские острова, canary islands, тенерифе, tenerife, гран канария, gran canaria',
    ),
  ],
  PRT: [
    zone('Europe/Lisbon', 'лиссабон, lisbon, lisboa, порту, porto, алгарве, algarve'),
    zone('Atlantic/Madeira', 'мадейра, madeira'),
    zone('Atlantic/Azores', 'азоры, азорские острова, azores'),
  ],
  CAN: [
    zone('America/Toronto', 'торонто, toronto, монреаль, montreal, оттава, ottawa'),
    zone('America/Vancouver', 'ванкувер, vancouver'),
    zone('America/Edmonton', 'калгари, calgary, эдмонтон, edmonton'),
    zone('America/Winnipeg', 'виннипег, winnipeg'),
    zone('America/Halifax', 'галифакс, halifax'),
  ],
  AUS: [
    zone('Australia/Sydney', 'сидней, sydney, канберра, canberra'),
    zone('Australia/Melbourne', 'мельбурн, melbourne'),
    zone('Australia/Brisbane', 'брисбен, brisbane'),
    zone('Australia/Perth', 'перт, perth'),
    zone('Australia/Adelaide', 'аделаида, adelaide'),
  ],
  DEU: [zone('Europe/Berlin', 'берлин, berlin')],
  CYP: [zone('Asia/Nicosia', 'никосия, nicosia, лимассол, limassol, ларнака, larnaca, пафос, paphos')],
  UZB: [zone('Asia/Tashkent', 'ташкент, tashkent'), zone('Asia/Samarkand', 'самарканд, samarkand')],
};
