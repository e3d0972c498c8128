import table from 'cldr-core/supplemental/windowsZones.json' with { type: 'json' };

/** The territory for which CLDR says what a name of Windows means where no country is known. */
const WORLD = '001';

const zones = new Map(
  table.supplemental.windowsZones.mapTimezones
    .filter(({ mapZone }) => mapZone._territory === WORLD)
    .map(({ mapZone }) => [mapZone._other.toLowerCase(), mapZone._type]),
);

/** The time zone of the IANA database for a name of Windows, such as `W. Europe Standard Time` (Unicode CLDR). */
export const zoneOfWindows = (name: string): string | undefined => zones.get(name.toLowerCase());
