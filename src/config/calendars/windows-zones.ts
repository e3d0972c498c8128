import table from 'cldr-core/supplemental/windowsZones.json' with { type: 'json' };

/** The territory that CLDR uses for the meaning of a Windows name when no country is known. */
const WORLD = '001';

const zones = new Map(
  table.supplemental.windowsZones.mapTimezones
    .filter(({ mapZone }) => mapZone._territory === WORLD)
    .map(({ mapZone }) => [mapZone._other.toLowerCase(), mapZone._type]),
);

/** Returns the time zone of the IANA database for a Windows name, for example `W. Europe Standard Time` (Unicode CLDR). */
export const zoneOfWindows = (name: string): string | undefined => zones.get(name.toLowerCase());
