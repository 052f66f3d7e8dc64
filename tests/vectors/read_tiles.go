// Reads what `openline publish --entries` wrote, with the tlog and note packages of the Go
// project's golang.org/x/mod: the keys are given apart, the rest is read from the files.
//
//	go run tests/vectors/read_tiles.go DIRECTORY/ORIGIN VERIFIER-KEY
//
// It verifies the checkpoint's signature, computes the root from the tiles, and verifies the
// inclusion of every entry of the bundles.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type files string

func (at files) Height() int { return 8 }

// The path of a tile without its height, which tlog-tiles leaves out.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func (at files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(at), path(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (at files) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	at, key := files(os.Args[1]), os.Args[2]
	verifier, err := note.NewVerifier(key)
	must(err)
	data, err := os.ReadFile(filepath.Join(string(at), "checkpoint"))
	must(err)
	signed, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	rows := strings.Split(signed.Text, "\n")
	var size int64
	_, err = fmt.Sscan(rows[1], &size)
	must(err)
	root, err := tlog.ParseHash(rows[2])
	must(err)
	hashes := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, at)
	computed, err := tlog.TreeHash(size, hashes)
	must(err)
	if computed != root {
		log.Fatal("the tiles do not lead to the root")
	}
	entries := 0
	for n := int64(0); n*256 < size; n++ {
		width := min(256, int(size-n*256))
		name := path(tlog.Tile{H: 8, L: -1, N: n, W: width})
		bundle, err := os.ReadFile(filepath.Join(string(at), strings.Replace(name, "/data/", "/entries/", 1)))
		must(err)
		for len(bundle) > 0 {
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			index := int64(entries)
			proof, err := tlog.ProveRecord(size, index, hashes)
			must(err)
			must(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(bundle[2:end])))
			bundle, entries = bundle[end:], entries+1
		}
	}
	fmt.Printf("%s: %d entries under the root %v, signed by %s, %d of them proven\n",
		rows[0], size, root, signed.Sigs[0].Name, entries)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
