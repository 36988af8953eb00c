/** Runs before the first paint, so that a chosen theme does not flash. The key is the one of `preferences.ts`. */
export const themeScript = `try{var t=JSON.parse(localStorage.getItem('fresco.theme'));if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}`
