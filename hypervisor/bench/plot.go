package bench

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// points are one module's ratios, one an operation, with their spread.
type points struct {
	plotter.XYs
	plotter.YErrors
}

// Plot draws the ratios of a table, a column an operation and a mark a module,
// with the spread as bars. format is "svg" or "png".
func Plot(rows []Row, format string) ([]byte, error) {
	if len(rows) == 0 {
		return nil, errors.New("bench: no rows to plot")
	}
	p := plot.New()
	p.Title.Text = "What security modules cost"
	p.Y.Label.Text = "processor time, unmodified = 1"
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for m, name := range Modules()[1:] {
		if err := addModule(p, rows, m+1, name); err != nil {
			return nil, fmt.Errorf("bench: plot: %w", err)
		}
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
	}
	p.NominalX(names...)
	p.X.Tick.Label.Rotation = 0.6
	p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	p.Y.Tick.Marker = plot.TickerFunc(twentieths)
	p.Y.Max += 0.3 * (p.Y.Max - p.Y.Min) // room for the legend
	p.X.Min, p.X.Max = -0.5, float64(len(rows))-0.5
	w, err := p.WriterTo(26*vg.Centimeter, 14*vg.Centimeter, format)
	if err != nil {
		return nil, fmt.Errorf("bench: plot: %w", err)
	}
	var b bytes.Buffer
	_, err = w.WriteTo(&b)
	return b.Bytes(), err
}

// twentieths marks every 0.05 if that is at most 20 marks, else twice as much,
// and so on. (The default marks round their labels.)
func twentieths(low, high float64) []plot.Tick {
	step := 0.05
	for (high-low)/step > 20 {
		step *= 2
	}
	var out []plot.Tick
	for v := math.Ceil(low/step) * step; v <= high; v += step {
		out = append(out, plot.Tick{Value: v, Label: fmt.Sprintf("%.2f", v)})
	}
	return out
}

// addModule draws one module's marks, a little beside those of the one before.
func addModule(p *plot.Plot, rows []Row, m int, name string) error {
	data := points{make(plotter.XYs, len(rows)), make(plotter.YErrors, len(rows))}
	for i, r := range rows {
		data.XYs[i] = plotter.XY{X: float64(i) + 0.13*(float64(m)-3), Y: r.Ratio[m]}
		data.YErrors[i].Low, data.YErrors[i].High = r.Spread[m], r.Spread[m]
	}
	bars, err := plotter.NewYErrorBars(data)
	if err != nil {
		return err
	}
	marks, err := plotter.NewScatter(data)
	if err != nil {
		return err
	}
	marks.Color, marks.Shape, marks.Radius = plotutil.Color(m-1), plotutil.Shape(m-1), vg.Points(3)
	bars.Color = plotutil.Color(m - 1)
	p.Add(bars, marks)
	p.Legend.Add(name, marks)
	return nil
}

// WritePlot writes Plot's picture to a file whose name ends in .svg or .png.
func WritePlot(file string, rows []Row) error {
	format := strings.TrimPrefix(filepath.Ext(file), ".")
	if format != "svg" && format != "png" {
		return fmt.Errorf("%s: a plot's name ends in .svg or .png", file)
	}
	b, err := Plot(rows, format)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".tmp", b, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".tmp", file)
}
