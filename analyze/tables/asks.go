package tables

type asker struct{}
