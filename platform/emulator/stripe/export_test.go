package stripe

import "slices"

// Routes are the operations that the emulator serves, as "METHOD /path".
func Routes() []string {
	var all []string
	for _, rt := range slices.Concat(catalogRoutes, billingRoutes) {
		all = append(all, rt.method+" "+rt.path)
	}
	return all
}
