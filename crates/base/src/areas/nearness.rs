//! How near two areas are, by the centres of their counties.
use super::AreaTree;
use crate::AreaCode;

/// Mean radius of the earth in kilometres (IUGG).
const EARTH_KM: f64 = 6_371.008_8;

impl AreaTree {
    /// Longitude and latitude of the centre of the area's county, or of the nearest area above that has one.
    pub fn centroid(&self, code: &AreaCode) -> Option<(f64, f64)> {
        let own = self.nearest(code)?;
        // Date::MAX: today's parents.
        own.ancestry_at(jiff::civil::Date::MAX).find_map(|area| self.centroids.get(&area.key()).copied())
    }

    /// Kilometres between the centres of two areas' counties; none where one is unknown. Good for ranking, not for measuring.
    pub fn distance_km(&self, one: &AreaCode, two: &AreaCode) -> Option<f64> {
        let ((lon_1, lat_1), (lon_2, lat_2)) = (self.centroid(one)?, self.centroid(two)?);
        let (lat_1, lat_2) = (lat_1.to_radians(), lat_2.to_radians());
        let half_lat = ((lat_2 - lat_1) / 2.0).sin();
        let half_lon = ((lon_2 - lon_1).to_radians() / 2.0).sin();
        let chord = half_lat.mul_add(half_lat, lat_1.cos() * lat_2.cos() * half_lon * half_lon);
        Some(2.0 * EARTH_KM * chord.sqrt().min(1.0).asin())
    }
}
