"""Code tables as data with their edition: ICD-10-CM subset, NPI, languages, states, countries, phones."""
