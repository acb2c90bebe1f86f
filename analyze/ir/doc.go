// Package ir is the analyzer's intermediate form of a C function.
package ir
