package geo

// CurvePoint answers what a budget would buy: how even the work is if no more than a share of it changes hands.
type CurvePoint struct {
	Budget     float64 `json:"budget"`
	MovedShare float64 `json:"moved_share"` // what the design for that budget moves
	Imbalance  float64 `json:"imbalance"`
	RMSKm      float64 `json:"rms_km"`
}
