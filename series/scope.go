package series

import (
	"path"
	"strings"
)

// inScope reports whether text in the file user can mean what the file def defines for others. Source files are seen in their own part of
// the tree, by its first directory; headers everywhere if they are in a folder for headers, else below their own folder and
// where they are included by name (includes has base names).
func inScope(def, user string, includes map[string]bool) bool {
	if def == user {
		return true
	}
	switch path.Ext(def) {
	case ".c", ".S":
		return partOfTree(def) == partOfTree(user)
	case ".h":
		dir := path.Dir(def)
		return strings.Contains("/"+dir+"/", "/include") || dir == "." || strings.HasPrefix(user, dir+"/") || includes[path.Base(def)] || strings.HasPrefix(path.Base(dir), "asm-")
	}
	return true
}

// partOfTree is a path's first directory, "" for none.
func partOfTree(p string) string {
	if top, _, deep := strings.Cut(p, "/"); deep {
		return top
	}
	return ""
}
