import "./style/page.css";
import { mount } from "svelte";
import App from "./App.svelte";

const place = document.getElementById("console");
if (place) mount(App, { target: place });
